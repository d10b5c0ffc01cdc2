package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.domain.NodeId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/** The name of this server when none is configured. */
final class NodeNames {
    /** What some platforms call every host. */
    private static final Set<String> NOBODY = Set.of("localhost", "0.0.0.0");

    private static final int HOST_CHARS = 200;

    private NodeNames() {}

    /** A legal name of this host and the port, the same at every start. */
    static NodeId ofHost(int port) {
        return new NodeId(ofHost(Integer.toString(port)));
    }

    /** The same for a port that is still to be known. */
    static String ofHost(String port) {
        return named(hostName(), port);
    }

    static String named(String host, String port) {
        String legal = host.replaceAll("[^A-Za-z0-9._~-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
        String shortened = legal.length() > HOST_CHARS ? legal.substring(0, HOST_CHARS) : legal;
        return (shortened.isEmpty() ? "node" : shortened) + ":" + port;
    }

    /** As the environment says, for the system's resolver may take its time. */
    private static String hostName() {
        String told = System.getenv("HOSTNAME");
        if (told != null && !told.isBlank() && !NOBODY.contains(told)) {
            return told;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
