/** A resolver as a user would write it. */
@NullMarked
package com.example.kv;

import org.jspecify.annotations.NullMarked;
