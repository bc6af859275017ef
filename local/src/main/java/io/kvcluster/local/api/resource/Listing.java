package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The objects of a collection at one revision; not to be changed. */
public record Listing(List<ObjectNode> items, long revision) {}
