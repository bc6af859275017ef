package io.kvcluster.client;

/** How an operation ended. */
public sealed interface Outcome permits GetOutcome, WriteOutcome {}
