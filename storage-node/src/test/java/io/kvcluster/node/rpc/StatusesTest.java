package io.kvcluster.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.kvcluster.node.command.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusesTest {
    private static final String TABLE = """
            KEY_EMPTY                 INVALID_ARGUMENT    400
            KEY_TOO_LARGE             INVALID_ARGUMENT    400
            VALUE_TOO_LARGE           INVALID_ARGUMENT    413
            BATCH_EMPTY               INVALID_ARGUMENT    400
            BATCH_TOO_MANY_OPERATIONS INVALID_ARGUMENT    400
            BATCH_TOO_LARGE           INVALID_ARGUMENT    413
            INVALID_CONSISTENCY       INVALID_ARGUMENT    400
            INVALID_CONTEXT           INVALID_ARGUMENT    400
            INVALID_TTL               INVALID_ARGUMENT    400
            INVALID_IF_VERSION        INVALID_ARGUMENT    400
            INVALID_KEY_ENCODING      INVALID_ARGUMENT    400
            INVALID_BODY              INVALID_ARGUMENT    400
            INVALID_PARAMETER         INVALID_ARGUMENT    400
            BODY_TOO_LARGE            INVALID_ARGUMENT    413
            INVALID_OPERATION         INVALID_ARGUMENT    400
            UNKNOWN_PATH              UNIMPLEMENTED       404
            METHOD_NOT_ALLOWED        UNIMPLEMENTED       405
            NOT_ACCEPTABLE            INVALID_ARGUMENT    406
            UNSUPPORTED_MEDIA_TYPE    INVALID_ARGUMENT    415
            INVALID_REQUEST_ID        INVALID_ARGUMENT    400
            NOT_BUILT                 UNIMPLEMENTED       501
            NOT_FOUND                 NOT_FOUND           404
            TOO_MANY_SIBLINGS         ABORTED             409
            NO_RING                   UNAVAILABLE         503
            NOT_ENOUGH_REPLICAS       UNAVAILABLE         503
            NOT_A_REPLICA             FAILED_PRECONDITION 421
            OVERLOADED                RESOURCE_EXHAUSTED  503
            DISK_FULL                 RESOURCE_EXHAUSTED  507
            CLOCK_SKEW                UNAVAILABLE         503
            STARTING                  UNAVAILABLE         503
            SHUTTING_DOWN             UNAVAILABLE         503
            CANNOT_SAY                UNAVAILABLE         503
            WRONG_EPOCH               UNAVAILABLE         503
            STORE_FAILED              UNAVAILABLE         503
            TIMEOUT                   UNAVAILABLE         503
            PEER_LOST                 UNAVAILABLE         503
            INTERNAL                  INTERNAL            500
            """;

    @Test
    void whatWasNotAppliedHasTheCodesOfThisTable() {
        Set<Reason> listed = EnumSet.noneOf(Reason.class);
        for (String line : TABLE.lines().toList()) {
            String[] cells = line.split(" +");
            Reason reason = Reason.valueOf(cells[0]);
            listed.add(reason);
            assertThat(Statuses.grpc(reason, false)).as(line).isEqualTo(Status.Code.valueOf(cells[1]));
            assertThat(Statuses.http(reason, false)).as(line).isEqualTo(Integer.parseInt(cells[2]));
        }
        assertThat(listed).containsExactlyInAnyOrder(Reason.values());
    }

    @Test
    void theTableOfTheUserGuideSaysTheSame() throws IOException {
        Path guide = Files.exists(Path.of("docs/http.md")) ? Path.of("docs/http.md") : Path.of("../docs/http.md");
        Matcher row = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (\\d+) \\| ([A-Z_]+) \\|")
                .matcher(Files.readString(guide));
        Set<Reason> listed = EnumSet.noneOf(Reason.class);
        while (row.find()) {
            Reason reason = Reason.valueOf(row.group(1));
            listed.add(reason);
            assertThat(row.group(2)).as(row.group()).isEqualTo(Integer.toString(Statuses.http(reason, false)));
            assertThat(row.group(3))
                    .as(row.group())
                    .isEqualTo(Statuses.grpc(reason, false).name());
        }
        assertThat(listed).containsExactlyInAnyOrder(Reason.values());
    }

    @ParameterizedTest
    @EnumSource
    void whatMayHaveBeenAppliedHasCodesThatNothingElseHas(Reason reason) {
        assertThat(Statuses.http(reason, true)).isEqualTo(504);
        assertThat(Statuses.grpc(reason, true))
                .isEqualTo(reason == Reason.TIMEOUT ? Status.Code.DEADLINE_EXCEEDED : Status.Code.UNKNOWN);
        assertThat(Statuses.http(reason, false)).isNotEqualTo(504);
        assertThat(Statuses.grpc(reason, false))
                .isNotIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNKNOWN, Status.Code.OK);
    }

    @ParameterizedTest
    @CsvSource({"ms,1", "s,1000", "m,60000", "h,3600000", "d,86400000"})
    void durationsHaveAUnit(String unit, long millis) {
        assertThat(HttpDuration.millis("3" + unit)).hasValue(3 * millis);
        assertThat(HttpDuration.millis("9999999999" + unit)).hasValue(9_999_999_999L * millis);
        for (String wrong :
                Arrays.asList("", "3", unit, "-3" + unit, "3.5" + unit, " 3" + unit, "99999999999" + unit, "٣s")) {
            assertThat(HttpDuration.millis(wrong)).as(wrong).isEmpty();
        }
    }
}
