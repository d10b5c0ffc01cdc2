package io.plexspaces.processgroups.api.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartialMessageTest {
    private final PartialMessage message = new PartialMessage();

    @Test
    void partsOfAnySize_areJoinedInOrder() {
        Random random = new Random(7);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int length : new int[] {0, 1, 1023, 1, 5_000, 0, 70_000, 1, 200_000, 64 * 1024, 3}) {
            byte[] part = new byte[length];
            random.nextBytes(part);
            all.writeBytes(part);
            ByteBuf content = Unpooled.wrappedBuffer(part);
            message.add(content);
            assertThat(content.refCnt()).isOne();
            assertThat(content.isReadable()).isFalse();
        }
        assertThat(message.size()).isEqualTo(all.size());
        assertThat(message.joined()).isEqualTo(all.toByteArray());
    }

    @Test
    void whatIsKept_isNotMuchMoreThanTheMessage() {
        for (int i = 0; i < 1_000_000; i++) {
            message.add(Unpooled.wrappedBuffer(new byte[1]));
            assertThat(message.held()).isBetween(message.size(), Math.max(1024, 2 * message.size()));
        }
        assertThat(message.held() - message.size()).isLessThan(64 * 1024);
    }

    @Test
    void nothing_isAnEmptyMessage() {
        assertThat(message.joined()).isEmpty();
        assertThat(message.held()).isZero();
    }
}
