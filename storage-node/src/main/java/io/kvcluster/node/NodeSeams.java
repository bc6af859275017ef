package io.kvcluster.node;

import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SystemEnvironment;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.node.seams.experiment.Experiment;
import io.kvcluster.proto.peer.PeerFrame;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The world of this node: the real one, bare, or that of an experiment. Decided once, at the start. */
final class NodeSeams {
    private static final int MAILBOX = 1_024;

    private final FileDisk files;
    private final SystemEnvironment environment;
    private final @Nullable Experiment experiment;

    private NodeSeams(FileDisk files, SystemEnvironment environment, @Nullable Experiment experiment) {
        this.files = files;
        this.environment = environment;
        this.experiment = experiment;
    }

    /** @throws IOException when the data directory cannot be used, or the fault file not understood */
    static NodeSeams of(NodeConfig config) throws IOException {
        FileDisk files = new FileDisk(config.dataDir());
        Path faults = config.experimentFile();
        if (faults == null) {
            return new NodeSeams(files, new SystemEnvironment(files), null);
        }
        Experiment experiment = Experiment.watching(faults, SystemEnvironment.machineClock());
        return new NodeSeams(files, new SystemEnvironment(experiment.disk(files), experiment.clock()), experiment);
    }

    /** What the index maps for itself. */
    FileDisk files() {
        return files;
    }

    SystemEnvironment environment() {
        return environment;
    }

    /** Once. */
    Transport<PeerFrame> network(Transport<PeerFrame> real) {
        if (experiment == null) {
            return real;
        }
        Loop loop = environment.newLoop("experiment", MAILBOX);
        Transport<PeerFrame> network = experiment.transport(real, loop, PeerFrame::getSerializedSize);
        experiment.start(loop);
        return network;
    }
}
