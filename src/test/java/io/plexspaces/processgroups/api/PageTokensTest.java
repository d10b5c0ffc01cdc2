package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTokensTest {
    private static final List<String> QUERY = List.of("members", "acme", "default", "room");

    @Test
    void token_leadsBackToWhereThePageEnded() {
        String token = PageTokens.encode(QUERY, "actor-17");

        assertThat(token).matches("[A-Za-z0-9_-]+");
        assertThat(PageTokens.decode(QUERY, token)).isEqualTo("actor-17");
    }

    @Test
    void tokenOfAnotherQuery_isRefused() {
        String token = PageTokens.encode(List.of("members", "acme", "default", "other"), "actor-17");

        assertRefused(token);
    }

    @Test
    void querysParts_areNotJustConcatenated() {
        String token = PageTokens.encode(List.of("members", "acme", "default", "roo"), "mactor-17");

        assertRefused(token);
    }

    @Test
    void everyChangedBit_isNoticed() {
        byte[] token = Base64.getUrlDecoder().decode(PageTokens.encode(QUERY, "actor-17"));
        for (int bit = 0; bit < token.length * 8; bit++) {
            byte[] forged = token.clone();
            forged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertRefused(Base64.getUrlEncoder().withoutPadding().encodeToString(forged));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "AQ", "not base64!", "actor-17", "AQAAAAAAAAAAAAAAAGFjdG9y", "ÄÖÜ"})
    void madeUpToken_isRefused(String token) {
        assertRefused(token);
    }

    @Test
    void hugeToken_isRefused() {
        assertRefused("A".repeat(1_000_000));
    }

    private static void assertRefused(String token) {
        assertThatThrownBy(() -> PageTokens.decode(QUERY, token))
                .isInstanceOfSatisfying(GroupException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                    assertThat(failure.field()).isEqualTo("page_token");
                });
    }
}
