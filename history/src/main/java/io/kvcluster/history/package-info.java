/**
 * Histories of operations and the checkers that judge them. A {@link io.kvcluster.history.HistoryRecorder} notes each
 * operation when it is invoked and when it completes, on disk or in memory; a
 * {@link io.kvcluster.history.HistoryJudge} first proves its checkers on the shipped known-bad histories and only then
 * gives a verdict. Values must be unique per key: that names the write which each read saw, and makes checking fast.
 */
@NullMarked
package io.kvcluster.history;

import org.jspecify.annotations.NullMarked;
