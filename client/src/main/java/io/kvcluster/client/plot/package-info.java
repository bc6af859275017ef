/**
 * Charts as SVG text: lines and bars, for reports that stand alone in one file. Own code rather than a charting library:
 * those draw through AWT, which turns each letter into an outline (about 200 KB a chart), needs fonts on the machine and
 * seconds of start, and gives pictures that know nothing of the reader's dark theme.
 */
@NullMarked
package io.kvcluster.client.plot;

import org.jspecify.annotations.NullMarked;
