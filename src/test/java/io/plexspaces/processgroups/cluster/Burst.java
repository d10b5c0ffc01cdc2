package io.plexspaces.processgroups.cluster;

import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.GrpcSession;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A session that publishes numbered texts as fast as they are taken, many of them without an answer yet. */
final class Burst {
    private final GrpcSession session;
    private final String group;
    private final String name;
    private final int count;
    private final Map<Long, String> byRequest = new HashMap<>();

    Burst(GrpcSession session, String group, String name, int count) {
        this.session = session;
        this.group = group;
        this.name = name;
        this.count = count;
    }

    /** Sends all of them; the connection holds back what the node does not read yet. */
    void begin() {
        for (String text : texts()) {
            byRequest.put(
                    session.send(SessionRequest.newBuilder()
                            .setPublish(PublishToGroupRequest.newBuilder()
                                    .setGroupName(group)
                                    .setAnswer(PublishAnswer.NONE)
                                    .setMessage(GrpcClient.text(text)))),
                    text);
        }
    }

    /** All of them were accepted. */
    void awaitAnswers() {
        await().atMost(Duration.ofSeconds(120)).until(() -> session.stream().count() > count);
    }

    List<String> texts() {
        return IntStream.range(0, count).mapToObj(i -> name + "-" + i).toList();
    }

    boolean isMine(String text) {
        return text.startsWith(name + "-");
    }

    /** Texts by the offsets that were answered. */
    Map<Long, String> accepted() {
        Map<Long, String> accepted = new HashMap<>();
        session.events().forEach(event -> {
            Answer answer = event.getAnswer();
            if (answer.hasPublished()) {
                accepted.put(answer.getPublished().getOffset(), byRequest.get(answer.getRequestId()));
            }
        });
        return accepted;
    }
}
