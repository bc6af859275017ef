package io.kvcluster.operator.observation;

/**
 * Why something is not done now.
 *
 * @param check the rule, in CamelCase
 * @param object what it is about, Kind/name or a field of the spec
 * @param why a sentence
 * @param remedy what ends the wait
 */
public record Wait(String check, String object, String why, String remedy) {}
