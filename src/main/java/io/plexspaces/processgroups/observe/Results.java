package io.plexspaces.processgroups.observe;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.Slice;

/** What a log may say of an answer: places and counts. Never what clients wrote, nor what they could act with. */
final class Results {
    private Results() {}

    static String shown(Object result) {
        if (result instanceof Groups.PublishResult published) {
            return "at " + at(published.position()) + ", " + published.recipients() + " recipients, "
                    + published.failures() + " failures" + (published.repeated() ? ", repeated" : "");
        } else if (result instanceof Groups.JoinResult joined) {
            return "at " + at(joined.position()) + ", " + joined.joinCount() + " joins";
        } else if (result instanceof Groups.LeaveResult left) {
            return "at " + at(left.position()) + ", " + left.joinCount() + " joins";
        } else if (result instanceof Groups.UpdateResult updated) {
            return "at " + at(updated.position());
        } else if (result instanceof Groups.EvictResult evicted) {
            return "at " + at(evicted.position()) + ", " + evicted.joins() + " joins ended";
        } else if (result instanceof Groups.RenewResult renewed) {
            return renewed.renewed() + " leases until " + renewed.expiresAt();
        } else if (result instanceof Groups.MemberPage page) {
            return page.members().size() + " of " + page.total() + " members at " + at(page.position());
        } else if (result instanceof GroupPage page) {
            return page.groups().size() + " of " + page.total() + " groups";
        } else if (result instanceof Slice slice) {
            return slice.messages().size() + " messages until " + at(slice.end()) + ", " + slice.missed() + " missed";
        } else if (result instanceof GroupInfo info) {
            return "epoch " + info.epoch();
        }
        return result instanceof Boolean existed ? "existed: " + existed : "answered";
    }

    private static String at(Position position) {
        return position.epoch() + "/" + position.offset();
    }
}
