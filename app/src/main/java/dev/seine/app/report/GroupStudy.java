package dev.seine.app.report;

/**
 * Whether it pays to search less, over the closed groups of some stretch of training. A group is mixed if some of its
 * rollouts are right and some wrong.
 *
 * @param groups closed groups
 * @param mixed of these
 * @param wrongUnsearched mixed groups with a wrong rollout that did not search and a right one that did
 * @param wrongWithFewer mixed groups with a wrong rollout that searched less than every right one
 * @param fewest rollouts that searched least in their group, of groups whose rollouts differ in searches
 * @param fewestRight of these, the right ones
 * @param more the other rollouts of those groups
 * @param moreRight of these, the right ones
 */
public record GroupStudy(
        long groups,
        long mixed,
        long wrongUnsearched,
        long wrongWithFewer,
        long fewest,
        long fewestRight,
        long more,
        long moreRight) {
    /** No group. */
    public static final GroupStudy NONE = new GroupStudy(0, 0, 0, 0, 0, 0, 0, 0);

    /** Both together. */
    public GroupStudy plus(GroupStudy other) {
        return new GroupStudy(
                groups + other.groups,
                mixed + other.mixed,
                wrongUnsearched + other.wrongUnsearched,
                wrongWithFewer + other.wrongWithFewer,
                fewest + other.fewest,
                fewestRight + other.fewestRight,
                more + other.more,
                moreRight + other.moreRight);
    }
}
