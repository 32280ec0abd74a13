package dev.seine.streams;

import static dev.seine.streams.Sample.inEpoch;
import static dev.seine.streams.Sample.rollout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.GroupClose;
import dev.seine.event.MemorySample;
import dev.seine.event.Rejection;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.schemas.RegistryException;
import dev.seine.streams.TopologyOptions.Store;
import dev.seine.streams.memory.RuleBasedRewriter;
import dev.seine.streams.reward.Recipe;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.streams.reward.RewardSchedule;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RewardTopologyTest {
    private static final TopicSerdes SERDES = new PlainSerdes();
    private static final Duration TTL = Duration.ofMinutes(10);

    @TempDir
    Path folder;

    private TopologyTestDriver driver;
    private RewardCounters counters;
    private TestInputTopic<byte[], byte[]> in;

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
            driver = null;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGroupIsWrittenTogetherWhenItsLastTrajectoryArrives(Store store) {
        start(store, SERDES);
        send(rollout(2, 3, 3, "Paris"));
        send(rollout(0, 3, 1, "Paris"));
        assertThat(scored()).isEmpty();
        send(rollout(1, 3, 2, "Paris"));
        // t = 1, 2, 3: variance 2/3, bonus 4/3 for the first; totals 7/3, 1, 1: mean 13/9
        List<ScoredTrajectory> scored = scored();
        assertThat(scored)
                .extracting(each -> each.getTrajectory().getRolloutIndex())
                .containsExactly(0, 1, 2);
        assertThat(scored.get(0).getRewards().getGroup()).isEqualTo(4.0 / 3);
        assertThat(scored).allMatch(each -> each.getClosedBy() == GroupClose.COUNT && each.getGroupCount() == 3);
        assertThat(counters.counts().closedByCount()).isEqualTo(1);
    }

    @Test
    void memorySamplesAreKeyedByQuestionAndWrittenOncePerText() {
        start();
        send(rollout(0, 2, 1, "Paris"));
        send(rollout(1, 2, 1, "Paris"));
        List<TestRecord<String, MemorySample>> samples = read(Topics.MEMORY_SAMPLES);
        assertThat(samples).hasSize(1);
        assertThat(samples.get(0).key()).isEqualTo("q");
        assertThat(samples.get(0).value().getText())
                .isEqualTo("<internal> Its capital is Paris. </internal> \\boxed{ Paris }");
    }

    @Test
    void theDeadlineClosesAGroupAfterThirtySecondsWithWhatIsThere() {
        start();
        send(rollout(1, 3, 0, "Paris"));
        driver.advanceWallClockTime(Duration.ofSeconds(20));
        send(rollout(0, 3, 0, "Lyon"));
        driver.advanceWallClockTime(Duration.ofSeconds(9));
        assertThat(scored()).isEmpty();
        driver.advanceWallClockTime(Duration.ofSeconds(2));
        assertThat(scored()).hasSize(2).allMatch(each -> each.getClosedBy() == GroupClose.DEADLINE);
        assertThat(counters.counts().closedByDeadline()).isEqualTo(1);
    }

    @Test
    void aDuplicateIsCountedAndDropped() {
        start();
        send(rollout(0, 2, 0, "Paris"));
        send(rollout(0, 2, 0, "Lyon"));
        assertThat(scored()).isEmpty();
        send(rollout(1, 2, 0, "Paris"));
        send(rollout(1, 2, 0, "Paris"));
        assertThat(scored()).extracting(ScoredTrajectory::getAnswer).containsExactly("Paris", "Paris");
        assertThat(counters.counts().duplicate()).isEqualTo(2);
        assertThat(counters.counts().late()).isZero();
    }

    @Test
    void aLateTrajectoryIsCountedAndOpensNoNewGroup() {
        start();
        send(rollout(0, 2, 0, "Paris"));
        driver.advanceWallClockTime(Duration.ofSeconds(31));
        assertThat(scored()).hasSize(1);
        send(rollout(1, 2, 0, "Paris"));
        driver.advanceWallClockTime(Duration.ofSeconds(31));
        assertThat(scored()).isEmpty();
        assertThat(counters.counts().late()).isEqualTo(1);
        // accepted 1 + late 1 = produced 2
        assertThat(counters.counts().accepted()).isEqualTo(1);
    }

    @Test
    void aClosedGroupIsForgottenAfterItsTime() {
        start();
        send(rollout(0, 1, 0, "Paris"));
        assertThat(entries("closed-groups")).isEqualTo(1);
        assertThat(entries("members") + entries("open-groups")).isZero();
        driver.advanceWallClockTime(TTL.plusSeconds(60));
        assertThat(entries("closed-groups")).isZero();
    }

    @Test
    void anUndecodableRecordIsRejectedAsItWas() {
        start();
        in.pipeInput(bytes("q@0"), new byte[] {9, 9, 9}, Instant.ofEpochMilli(77));
        in.pipeInput(null, new byte[] {1});
        in.pipeInput(bytes("q@0"), (byte[]) null);
        List<TestRecord<String, Rejection>> rejections = read(Topics.REJECTIONS);
        Rejection first = rejections.get(0).value();
        assertThat(rejections.get(0).key()).isEqualTo("trajectories-0-0");
        assertThat(first.getTopic()).isEqualTo("trajectories");
        assertThat(first.getOffset()).isZero();
        assertThat(first.getRole()).isEqualTo("rewards");
        assertThat(first.getCause()).isEqualTo("trajectory 'q@0' cannot be read: not a Trajectory");
        assertThat(first.getKey()).isEqualTo(ByteBuffer.wrap(bytes("q@0")));
        assertThat(first.getValue()).isEqualTo(ByteBuffer.wrap(new byte[] {9, 9, 9}));
        assertThat(first.getAtMs()).isEqualTo(77);
        assertThat(rejections.get(1).value().getCause()).isEqualTo("key must be a group id, got none");
        assertThat(rejections.get(2).value().getCause()).isEqualTo("value must be a trajectory, got none");
        assertThat(counters.counts().rejected()).isEqualTo(3);
    }

    @Test
    void aTrajectoryWithUnequalLengthsIsRejected() {
        start();
        send(rollout(0, 1, 0, "Paris").setTokens(List.of(1, 2)).setSampled(List.of(true)));
        assertThat(scored()).isEmpty();
        assertThat(read(Topics.REJECTIONS))
                .extracting(each -> each.value().getCause())
                .containsExactly(
                        "trajectory 'q@0#0': tokens, sampled and logprobs must be equally long, got 2, 1 and 0");
    }

    @Test
    void aTrajectoryThatDisagreesOnTheGroupsSizeIsRejected() {
        start();
        send(rollout(0, 3, 0, "Paris"));
        send(rollout(1, 2, 0, "Paris"));
        assertThat(read(Topics.REJECTIONS))
                .extracting(each -> each.value().getCause())
                .containsExactly("trajectory 'q@0#1': group size must be 3 as in the group's first, got 2");
    }

    @Test
    void aQuestionsFewestSearchesAreRememberedAcrossGroups() {
        start();
        send(rollout(0, 1, 4, "Paris"));
        send(inEpoch(rollout(0, 1, 1, "Paris"), 1));
        send(inEpoch(rollout(0, 1, 3, "Paris"), 2));
        // no mark yet; then t* = 4, t = 1: 0.1 * 3/4; then t* = 1, t = 3: nothing
        assertThat(scored()).extracting(each -> each.getRewards().getMemory()).containsExactly(0.0, 0.1 * 3 / 4, 0.0);
    }

    @Test
    void anOpenGroupsDeadlineHoldsOverARestartOnceTheLogIsRead() {
        start();
        // What a restored store holds: 1 of 2 trajectories, 29 of 30 s ago.
        byte[] waiting = SERDES.serde(Topics.TRAJECTORIES)
                .serializer()
                .serialize("trajectories", rollout(0, 2, 0, "Paris").build());
        driver.<String, byte[]>getKeyValueStore("members").put("q@0\0" + "00000", waiting);
        driver.<String, GroupState>getKeyValueStore("open-groups")
                .put("q@0", GroupState.first(2, 1_000_000 - 29_000).with(0));
        driver.advanceWallClockTime(Duration.ofMillis(1_500));
        assertThat(scored()).isEmpty(); // overdue, but something may lie unread yet
        driver.advanceWallClockTime(Duration.ofMillis(1_500));
        assertThat(scored()).extracting(ScoredTrajectory::getClosedBy).containsExactly(GroupClose.DEADLINE);
    }

    @Test
    void questionsOutsideTrainingLeaveNoMark() {
        start();
        send(rollout(0, 1, 1, "Paris").setSeq(-1));
        send(inEpoch(rollout(0, 1, 0, "Paris"), 1));
        assertThat(scored()).extracting(each -> each.getRewards().getMemory()).containsExactly(0.0, 0.0);
        assertThat(read(Topics.MEMORY_SAMPLES)).isEmpty();
    }

    @Test
    void theRewardsChangeWithTheQuestionsPlaceAndNotWithTime() {
        RewardConfig later = Recipe.R1_SEARCHER_PLUS.rewards();
        RewardConfig early = Recipe.VANILLA_RL.rewards();
        start(Store.MEMORY, SERDES, new RewardSchedule(early, 8, later));
        // seq 7 is the last of the first stage, whenever it comes: no bonus; seq 8: t = 1, 3: variance 1, bonus 2
        send(inEpoch(rollout(0, 2, 1, "Paris"), 1).setSeq(8));
        send(inEpoch(rollout(1, 2, 3, "Paris"), 1).setSeq(8));
        send(rollout(0, 2, 1, "Paris").setSeq(7));
        send(rollout(1, 2, 3, "Paris").setSeq(7));
        List<ScoredTrajectory> scored = scored();
        assertThat(scored).extracting(each -> each.getRewards().getGroup()).containsExactly(2.0, 0.0, 0.0, 0.0);
        assertThat(scored)
                .extracting(ScoredTrajectory::getRecipe)
                .containsExactly("r1-searcher-plus", "r1-searcher-plus", "vanilla-rl", "vanilla-rl");
        assertThat(scored)
                .extracting(ScoredTrajectory::getRewardSha256)
                .containsExactly(later.sha256(), later.sha256(), early.sha256(), early.sha256());
        // Only the later stage memorizes.
        assertThat(read(Topics.MEMORY_SAMPLES)).hasSize(1);
    }

    @Test
    void stagesOfDifferentDialectsAreRefused() {
        assertThatThrownBy(() ->
                        new RewardSchedule(Recipe.R1_SEARCHER_STAGE_1.rewards(), 8, Recipe.R1_SEARCHER_PLUS.rewards()))
                .hasMessage("stage-one.reward.dialect must be 'r1-searcher++' as in [reward], got 'r1-searcher'");
    }

    @Test
    void theSameLogGivesTheSameBytes() {
        List<String> first = runs(Duration.ZERO);
        assertThat(first).hasSize(7);
        assertThat(runs(Duration.ofDays(3))).isEqualTo(first);
    }

    @Test
    void aRegistryThatIsAwayStopsTheTopologyAndRejectsNothing() {
        start(Store.MEMORY, new AwayRegistry());
        assertThatThrownBy(() -> send(rollout(0, 1, 0, "Paris"))).isInstanceOf(StreamsException.class);
        assertThat(counters.counts().rejected()).isZero();
    }

    /** Scores one log of 2 + 3 trajectories of two epochs and one that is refused, on a clock that is off by this. */
    private List<String> runs(Duration clockOffset) {
        start();
        driver.advanceWallClockTime(clockOffset);
        send(rollout(1, 2, 2, "Paris"));
        send(rollout(0, 2, 1, "Paris"));
        driver.advanceWallClockTime(clockOffset);
        in.pipeInput(bytes("q@0"), new byte[] {1}, Instant.ofEpochMilli(5));
        send(inEpoch(rollout(2, 3, 0, "Paris"), 1));
        send(inEpoch(rollout(0, 3, 1, "Lyon"), 1));
        send(inEpoch(rollout(1, 3, 0, "\\boxed{"), 1));
        List<String> all = new ArrayList<>();
        for (Topic<?> topic : List.of(Topics.SCORED_TRAJECTORIES, Topics.MEMORY_SAMPLES, Topics.REJECTIONS)) {
            for (TestRecord<byte[], byte[]> each : driver.createOutputTopic(
                            topic.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                    .readRecordsToList()) {
                all.add(each.timestamp() + " " + HexFormat.of().formatHex(each.key()) + " "
                        + HexFormat.of().formatHex(each.value()));
            }
        }
        close();
        return all;
    }

    private void start() {
        start(Store.MEMORY, SERDES);
    }

    private void start(Store store, TopicSerdes serdes) {
        start(
                store,
                serdes,
                RewardSchedule.always(Recipe.R1_SEARCHER_PLUS.rewards().withGroupTimeout(Duration.ofSeconds(30))));
    }

    private void start(Store store, TopicSerdes serdes, RewardSchedule rewards) {
        counters = new RewardCounters();
        TopologyOptions options = new TopologyOptions(store, TTL, serdes, new RuleBasedRewriter(), counters);
        Properties properties = new Properties();
        properties.put("application.id", "test");
        properties.put("bootstrap.servers", "none:1");
        properties.put("state.dir", folder.toString());
        driver = new TopologyTestDriver(
                RewardTopology.build(rewards, options), properties, Instant.ofEpochMilli(1_000_000));
        in = driver.createInputTopic("trajectories", new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void send(Trajectory.Builder builder) {
        Trajectory trajectory = builder.build();
        byte[] value = SERDES.serde(Topics.TRAJECTORIES).serializer().serialize("trajectories", trajectory);
        in.pipeInput(bytes(trajectory.getGroupId()), value, Instant.ofEpochMilli(trajectory.getAtMs()));
    }

    private List<ScoredTrajectory> scored() {
        return read(Topics.SCORED_TRAJECTORIES).stream().map(TestRecord::value).toList();
    }

    private <V extends SpecificRecord> List<TestRecord<String, V>> read(Topic<V> topic) {
        Deserializer<V> values = SERDES.serde(topic).deserializer();
        return driver.createOutputTopic(topic.name(), new StringDeserializer(), values)
                .readRecordsToList();
    }

    private long entries(String store) {
        long count = 0;
        try (var all = driver.getKeyValueStore(store).all()) {
            while (all.hasNext()) {
                all.next();
                count++;
            }
        }
        return count;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final class AwayRegistry implements TopicSerdes {
        @Override
        public <V extends SpecificRecord> Serde<V> serde(Topic<V> topic) {
            return Serdes.serdeFrom((name, value) -> new byte[0], (name, bytes) -> {
                throw new RegistryException(0, 0, "nobody answers", null);
            });
        }
    }
}
