package io.kvcluster.local.api.resource;

/**
 * How a write is to be done.
 *
 * @param dryRun check everything, store nothing
 * @param manager name of the field manager
 * @param force take over fields that other managers own (server-side apply only)
 * @param unknownFields what to do about fields that the schema does not know
 */
public record WriteOptions(boolean dryRun, String manager, boolean force, UnknownFields unknownFields) {
    /** The values of the {@code fieldValidation} parameter. */
    public enum UnknownFields {
        IGNORE,
        WARN,
        STRICT
    }

    /** The options of a component of this process. */
    public static WriteOptions by(String manager) {
        return new WriteOptions(false, manager, false, UnknownFields.IGNORE);
    }
}
