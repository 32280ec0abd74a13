package dev.seine.policy.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where copies of published weights and checkpoints are kept.
 *
 * @param url {@code s3://bucket/prefix}, of this run alone; empty: nowhere, all roles see the run folder
 * @param endpoint of a server that speaks S3's protocol, such as {@code http://127.0.0.1:9000}; empty: the cloud's own
 * @param region that requests are signed for
 * @param fetched fetched files that a role keeps on its machine
 */
public record StoreConfig(Optional<String> url, Optional<String> endpoint, String region, int fetched) {
    private static final Pattern URL = Pattern.compile("s3://([\\w.-]{3,255})((?:/[\\w-][\\w.-]*)*)/?");

    /** Checks addresses and range. Neither address may hold credentials. */
    public StoreConfig {
        url.ifPresent(text -> require(
                URL.matcher(text).matches(), "url", "s3://bucket/prefix of letters, digits and ._-", quiet(text)));
        endpoint.ifPresent(text -> require(endpoint(text), "endpoint", "http(s)://host:port", quiet(text)));
        require(!region.isBlank(), "region", "a name", "nothing");
        require(fetched >= 2, "fetched", "at least 2", Integer.toString(fetched));
    }

    /** The store of something that belongs to this run but has a folder of its own. */
    public StoreConfig below(String name) {
        return new StoreConfig(url.map(text -> text.replaceAll("/+$", "") + "/" + name), endpoint, region, fetched);
    }

    /**
     * Opens the store for one role. Nothing is asked of it yet. Its keys come from the environment, {@code AWS_ACCESS_KEY_ID} and
     * {@code AWS_SECRET_ACCESS_KEY}, a profile, or the machine, as for every program that uses the AWS SDK.
     *
     * @param run folder of the run
     * @param role name of the role; what it fetches lies in a folder of that name
     */
    public RunStore open(Path run, String role) {
        return open(run, role, Bucket.PART_BYTES);
    }

    /** As {@link #open(Path, String)}; files above {@code partBytes} are sent in parts. */
    RunStore open(Path run, String role, int partBytes) {
        if (url.isEmpty()) {
            return new LocalStore(run);
        }
        Matcher parts = URL.matcher(url.get());
        if (!parts.matches()) {
            throw new IllegalStateException("checked before: " + url.get());
        }
        Bucket bucket = new Bucket(parts.group(1), endpoint.map(URI::create), region, partBytes);
        String prefix = parts.group(2).isEmpty() ? "" : parts.group(2).substring(1) + "/";
        Path cache = run.resolve("fetched").resolve(role);
        return new ObjectStore(bucket, prefix, run.toAbsolutePath().normalize(), new FetchedFiles(cache, fetched));
    }

    private static boolean endpoint(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getScheme().matches("https?");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Somebody may have put a password where none belongs. */
    private static String quiet(String address) {
        return address.replaceAll("//[^/]*@", "//...@");
    }

    private static void require(boolean holds, String key, String expected, String got) {
        if (!holds) {
            throw new IllegalArgumentException("store." + key + " must be " + expected + ", got " + got);
        }
    }
}
