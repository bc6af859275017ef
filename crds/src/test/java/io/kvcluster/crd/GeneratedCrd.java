package io.kvcluster.crd;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The CRD as the generator makes it of the records of today, plus what annotations cannot say. */
final class GeneratedCrd {
    private static final List<String> COLUMNS = Stream.of(
                    KvCluster.class.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();

    private GeneratedCrd() {}

    static String yaml(Path scratch) throws IOException {
        new CRDGenerator()
                .forCRDVersions("v1")
                .withParallelGenerationEnabled(false)
                .withMinQuotes(true)
                .customResourceClasses(KvCluster.class)
                .withPostProcessor(new Finish())
                .inOutputDir(scratch.toFile())
                .detailedGenerate();
        return Files.readString(scratch.resolve("kvclusters.kvcluster.io-v1.yml"))
                .replaceFirst(
                        "# Generated.*", "# Generated from io.kvcluster.crd.KvCluster by make crds. Do not edit.");
    }

    private static final class Finish implements CRDPostProcessor {
        @Override
        public HasMetadata process(HasMetadata resource, String crdVersion) {
            return finish(resource);
        }
    }

    private static HasMetadata finish(HasMetadata resource) {
        CustomResourceDefinitionVersion version =
                ((CustomResourceDefinition) resource).getSpec().getVersions().getFirst();
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        version.getAdditionalPrinterColumns().sort(Comparator.comparing(GeneratedCrd::position));
        root.setDescription(
                "A replicated key-value store: storage pods, the ring that spreads keys over them, and their volumes.");
        root.setRequired(List.of("spec"));
        // A free-form object: the generator's additionalProperties would refuse strings.
        root.getProperties().get("spec").getProperties().get("podTemplate").setAdditionalProperties(null);
        nameEachRuleOnce(root);
        return resource;
    }

    private static int position(CustomResourceColumnDefinition column) {
        return COLUMNS.indexOf(column.getName());
    }

    /** The generator finds an annotation of a record component on the field and on the accessor. */
    private static void nameEachRuleOnce(JSONSchemaProps schema) {
        if (schema.getXKubernetesValidations() != null) {
            schema.setXKubernetesValidations(
                    schema.getXKubernetesValidations().stream().distinct().toList());
        }
        schema.getProperties().values().forEach(GeneratedCrd::nameEachRuleOnce);
    }
}
