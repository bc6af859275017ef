package io.kvcluster.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final Admission admission = new Admission(new RpcLimits(2, RpcLimits.BODY_BYTES, Duration.ofSeconds(1)));

    @Test
    void requestsBeyondTheLimitAreRefusedAndCounted() {
        assertThat(admission.enter()).isEqualTo(Admission.Verdict.ADMITTED);
        assertThat(admission.enter()).isEqualTo(Admission.Verdict.ADMITTED);
        assertThat(admission.enter()).isEqualTo(Admission.Verdict.OVERLOADED);
        assertThat(admission.refused()).isEqualTo(1);
        assertThat(admission.requests()).isEqualTo(2);
        admission.leave(0);
        assertThat(admission.enter()).isEqualTo(Admission.Verdict.ADMITTED);
    }

    @Test
    void bytesBeyondTheLimitAreRefusedAndThoseOfARequestComeBackWithIt() {
        admission.enter();
        assertThat(admission.take(RpcLimits.BODY_BYTES)).isTrue();
        assertThat(admission.take(1)).isFalse();
        assertThat(admission.refused()).isEqualTo(1);
        admission.leave(RpcLimits.BODY_BYTES);
        admission.enter();
        assertThat(admission.take(RpcLimits.BODY_BYTES)).isTrue();
    }

    @Test
    void closingEndsWhenTheLastRequestLeaves() {
        admission.enter();
        var idle = admission.close();
        assertThat(admission.enter()).isEqualTo(Admission.Verdict.CLOSED);
        assertThat(admission.refused()).as("closing is no overload").isZero();
        assertThat(idle).isNotDone();
        admission.leave(0);
        assertThat(idle).isDone();
    }

    @Test
    void closingAnIdleOneEndsAtOnce() {
        assertThat(admission.close()).isDone();
    }

    @Test
    void limitsThatCannotHoldOneRequestAreRefused() {
        assertThatThrownBy(() -> new RpcLimits(0, RpcLimits.BODY_BYTES, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RpcLimits(1, RpcLimits.BODY_BYTES - 1, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RpcLimits(1, RpcLimits.BODY_BYTES, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(RpcLimits.forHeap(1L << 30).requestBytes()).isEqualTo(1L << 27);
        assertThat(RpcLimits.forHeap(0).requestBytes()).isEqualTo(2L * RpcLimits.BODY_BYTES);
    }
}
