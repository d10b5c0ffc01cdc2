package io.plexspaces.processgroups.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotasTest {
    private static final long SECOND = 1_000_000_000L;
    private static final QuotaSettings TEN = new QuotaSettings(10, 5, 1_000, 3);

    private final AtomicLong clock = new AtomicLong();
    private final List<Quota> rejected = new ArrayList<>();

    private Quotas quotas(QuotaSettings byDefault, Map<String, QuotaSettings> own, QuotaSettings session) {
        return new Quotas(new Quotas.Limits(byDefault, own, session), clock::get, rejected::add);
    }

    private Quotas.Meter meter(QuotaSettings byDefault, Map<String, QuotaSettings> own, QuotaSettings session) {
        return Objects.requireNonNull(quotas(byDefault, own, session).meter());
    }

    private static int requests(Quotas.Meter meter, String tenant) {
        int passed = 0;
        while (passed < 10_000 && refusal(() -> meter.request(tenant)) == null) {
            passed++;
        }
        return passed;
    }

    private static GroupException refusal(Runnable request) {
        return catchThrowableOfType(GroupException.class, request::run);
    }

    @Test
    void withoutQuotas_nothingIsCounted() {
        QuotaSettings sessionsAlone = new QuotaSettings(0, 0, 0, 7);
        assertThat(quotas(QuotaSettings.NONE, Map.of(), QuotaSettings.NONE).meter())
                .isNull();
        assertThat(quotas(sessionsAlone, Map.of(), QuotaSettings.NONE).meter()).isNull();
    }

    @Test
    void tenantThatFloods_isRefused_andAnotherIsNot() {
        Quotas.Meter meter = meter(TEN, Map.of(), QuotaSettings.NONE);
        assertThat(requests(meter, "loud")).isEqualTo(10);
        GroupException refused = refusal(() -> meter.request("loud"));
        assertThat(refused.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        assertThat(refused.field()).isEqualTo("requests");
        assertThat(refused).hasMessage("quota requests = 10 reached");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(100));
        assertThat(requests(meter, "calm")).isEqualTo(10);
        clock.addAndGet(SECOND / 2);
        assertThat(requests(meter, "loud")).isEqualTo(5);
        assertThat(rejected).hasSize(4).containsOnly(Quota.REQUESTS);
    }

    @Test
    void publishes_countInNumberAndInBytes() {
        Quotas.Meter meter = meter(TEN, Map.of(), QuotaSettings.NONE);
        for (int i = 0; i < 5; i++) {
            meter.publish("many", 1);
        }
        assertThat(refusal(() -> meter.publish("many", 1)).field()).isEqualTo("publishes");
        meter.publish("large", 900);
        GroupException refused = refusal(() -> meter.publish("large", 200));
        assertThat(refused.field()).isEqualTo("published-bytes");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(100));
        meter.publish("larger", 5_000);
        assertThat(rejected).containsExactly(Quota.PUBLISHES, Quota.PUBLISHED_BYTES);
    }

    @Test
    void tenantWithQuotasOfItsOwn_hasThose() {
        Quotas quotas = quotas(
                TEN, Map.of("large", new QuotaSettings(100, 0, 0, 50), "free", QuotaSettings.NONE), QuotaSettings.NONE);
        Quotas.Meter meter = Objects.requireNonNull(quotas.meter());
        assertThat(requests(meter, "large")).isEqualTo(100);
        assertThat(requests(meter, "free")).isEqualTo(10_000);
        assertThat(requests(meter, "usual")).isEqualTo(10);
        assertThat(quotas.sessions("large")).isEqualTo(50);
        assertThat(quotas.sessions("free")).isZero();
        assertThat(quotas.sessions("usual")).isEqualTo(3);
        GroupException refused = quotas.sessionsExceeded("large");
        assertThat(refused.field()).isEqualTo("sessions");
        assertThat(refused).hasMessage("quota sessions = 50 reached");
        assertThat(refused.retryAfter()).isZero();
    }

    @Test
    void whatATenantMayHaveInTheStore_isSaid_andRefusalsAreCounted() {
        QuotaSettings usual = new QuotaSettings(0, 0, 0, 0, 20, 500);
        Quotas quotas = quotas(usual, Map.of("large", new QuotaSettings(0, 0, 0, 0, 0, 9_000)), QuotaSettings.NONE);
        assertThat(quotas.meter()).as("no rate").isNull();
        assertThat(quotas.groups("usual")).isEqualTo(20);
        assertThat(quotas.members("usual")).isEqualTo(500);
        assertThat(quotas.groups("large")).isZero();
        assertThat(quotas.members("large")).isEqualTo(9_000);
        GroupException groups = quotas.groupsExceeded("usual");
        assertThat(groups.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        assertThat(groups.field()).isEqualTo("groups");
        assertThat(groups).hasMessage("quota groups = 20 reached");
        assertThat(groups.retryAfter()).isZero();
        assertThat(quotas.membersExceeded("large")).hasMessage("quota members = 9000 reached");
        assertThat(rejected).containsExactly(Quota.GROUPS, Quota.MEMBERS);
    }

    @Test
    void onlyTenantsOfTheirOwn_leaveOthersAlone() {
        Quotas.Meter meter = meter(QuotaSettings.NONE, Map.of("small", TEN), QuotaSettings.NONE);
        assertThat(requests(meter, "small")).isEqualTo(10);
        assertThat(requests(meter, "other")).isEqualTo(10_000);
    }

    @Test
    void sessionThatFloods_isRefused_andUsesUpNothingMoreOfItsTenant() {
        Quotas.Meter outside = meter(TEN, Map.of(), new QuotaSettings(4, 1, 100, 0));
        Quotas.Meter session = outside.ofSession();
        assertThat(requests(session, "acme")).isEqualTo(4);
        assertThat(refusal(() -> session.request("acme")).field()).isEqualTo("session.requests");
        Quotas.Meter another = outside.ofSession();
        another.publish("acme", 10);
        for (int i = 0; i < 100; i++) {
            assertThat(refusal(() -> another.publish("acme", 10)).field()).isEqualTo("session.publishes");
        }
        assertThat(requests(another, "acme"))
                .as("what was refused was given back")
                .isEqualTo(3);
        assertThat(requests(outside, "acme")).isEqualTo(2);
    }

    @Test
    void tenantsThatUseNothing_areForgotten_whenAnotherComes() {
        Tenants tenants = new Tenants(TEN, Map.of(), clock::get);
        for (int i = 0; i < 100; i++) {
            take(tenants, "t" + i);
        }
        assertThat(tenants.known()).isEqualTo(100);
        clock.addAndGet(2 * SECOND);
        take(tenants, "another");
        assertThat(tenants.known()).isEqualTo(1);
    }

    @Test
    void tenantsBeyondTheBound_shareTheRatesOfMany_andKnownOnesKeepTheirs() {
        Tenants tenants = new Tenants(TEN, Map.of("own", TEN), clock::get);
        for (int i = 0; i < Tenants.MOST; i++) {
            take(tenants, "t" + i);
        }
        Rates rest = tenants.of("late");
        assertThat(tenants.of("later")).isSameAs(rest);
        assertThat(tenants.known()).isEqualTo(Tenants.MOST);
        int passed = 0;
        while (Objects.requireNonNull(rest.of(Quota.REQUESTS)).take(1) == 0) {
            passed++;
        }
        assertThat(passed).isEqualTo(Tenants.REST * 10);
        assertThat(take(tenants, "t0")).isZero();
        assertThat(take(tenants, "own")).isZero();
        clock.addAndGet(2 * SECOND);
        assertThat(tenants.of("late")).isNotSameAs(rest);
    }

    private static long take(Tenants tenants, String tenant) {
        return Objects.requireNonNull(tenants.of(tenant).of(Quota.REQUESTS)).take(1);
    }
}
