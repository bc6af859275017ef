package io.kvcluster.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KvClusterSpecTest {
    @Test
    void anEmptySpecReadsAsTheSchemaDefaultsIt() {
        Map<?, ?> filled = Serialization.unmarshal(Serialization.asJson(spec("{}")), Map.class);
        JSONSchemaProps schema = crd().getSpec()
                .getVersions()
                .getFirst()
                .getSchema()
                .getOpenAPIV3Schema()
                .getProperties()
                .get("spec");
        schema.getProperties().forEach((field, property) -> {
            Object expected = property.getDefault() == null
                    ? null
                    : Serialization.unmarshal(property.getDefault().toString(), Object.class);
            assertThat((Object) filled.get(field)).as(field).isEqualTo(expected);
        });
    }

    @Test
    void absentQuorumsAreAMajorityOfTheFactor() {
        KvClusterSpec five = spec("{replicas: 5, replicationFactor: 5, quorums: {write: 5}}");
        assertThat(five.readQuorum()).isEqualTo(3);
        assertThat(five.writeQuorum()).isEqualTo(5);
        assertThat(spec("{replicationFactor: 2}").readQuorum()).isEqualTo(2);
        assertThat(spec("{replicationFactor: 1}").writeQuorum()).isEqualTo(1);
    }

    @Test
    void aStatusOfAnotherVersionIsReadAsFarAsItIsKnown() {
        KvCluster cluster = Serialization.unmarshal(
                "---\n{apiVersion: kvcluster.io/v1beta1, kind: KvCluster, metadata: {name: demo}, status: {phase: Ready, tomorrow: 1}}",
                KvCluster.class);
        assertThat(cluster.getStatus().phase()).isEqualTo("Ready");
        assertThat(cluster.getStatus().members()).isEmpty();
    }

    @Test
    void columnsAreInTheOrderOfReading() {
        assertThat(crd().getSpec().getVersions().getFirst().getAdditionalPrinterColumns())
                .extracting(column -> column.getName())
                .containsExactly(
                        "READY",
                        "RF",
                        "R/W",
                        "MODE",
                        "EPOCH",
                        "AVAILABLE",
                        "DEGRADED",
                        "AGE",
                        "UNDER-REPLICATED",
                        "VERSION");
    }

    private static KvClusterSpec spec(String yaml) {
        return Serialization.unmarshal("---\n" + yaml, KvClusterSpec.class);
    }

    private static CustomResourceDefinition crd() {
        return Serialization.unmarshal(
                KvCluster.class.getResourceAsStream(KvCluster.CRD_RESOURCE), CustomResourceDefinition.class);
    }
}
