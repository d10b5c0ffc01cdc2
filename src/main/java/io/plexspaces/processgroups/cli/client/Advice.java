package io.plexspaces.processgroups.cli.client;

/** A refusal of the server, as a sentence that ends with what to do next. */
public final class Advice {
    private final Target target;

    public Advice(Target target) {
        this.target = target;
    }

    /**
     * @param group which one the command was about; empty: none
     * @return without a stop at its end
     */
    public String sentence(Refused refused, String group) {
        String said = refused.sentence();
        return switch (refused.reason()) {
            case "GROUP_NOT_FOUND" ->
                "no group " + group + in() + ": create it with `pg create " + group + options() + "`";
            case "GROUP_EXISTS" ->
                "there is a group " + group + in() + " already: see who is in it with `pg members " + group + options()
                        + "`";
            case "GROUP_DELETED" -> "group " + group + in() + " was deleted meanwhile: create it again, or let it be";
            case "NOT_A_MEMBER" -> said + ": see who is with `pg members " + group + options() + "`";
            case "UNAUTHENTICATED" -> unauthenticated(said);
            case "PERMISSION_DENIED" ->
                said + ": ask for a token that permits it, or name what yours is for with"
                        + " --tenant, --namespace and --actor";
            case "QUOTA_EXCEEDED", "OVERLOADED" -> said + ": try again later, or more slowly";
            case "STORE_UNAVAILABLE", "FENCED", "EPOCH_CHANGED", "SHUTTING_DOWN" ->
                said + ": try again in some seconds";
            case "LIMIT_EXCEEDED" -> said + ": docs/limits.md says how it is raised";
            case "BANNED" ->
                said + ": whoever may manage the group lifts it with `pg evict " + group + " ACTOR --ban 0`";
            case "EVICTED" -> said + ": somebody meant this; ask them before you come back";
            case "INTERNAL" -> said + ": this is a defect of the server, whose log says more";
            default -> said;
        };
    }

    private String unauthenticated(String said) {
        return target.token() == null
                ? "the server asks for a token: name its file with --token-file, or set PG_TOKEN"
                : "the server does not accept the token: " + said + "; get a new one";
    }

    private String in() {
        return (isDefault(target.namespace()) ? "" : " in namespace " + target.namespace()) + " in tenant "
                + target.tenant();
    }

    private static boolean isDefault(String namespace) {
        return namespace.isEmpty() || namespace.equals("default");
    }

    private String options() {
        return (target.tenant().equals("demo") ? "" : " --tenant " + target.tenant())
                + (isDefault(target.namespace()) ? "" : " --namespace " + target.namespace());
    }
}
