package dev.seine.producers;

/** Derives independent seeds from one seed and names, so that no draw depends on how many were made before it. */
public final class Seeds {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Seeds() {}

    /** A seed for these parts under a parent seed; the same in every JVM. */
    public static long derive(long seed, String name, long... parts) {
        long hash = mix(seed ^ fnv(name));
        for (long part : parts) {
            hash = mix(hash ^ mix(part));
        }
        return hash;
    }

    /** 64-bit FNV-1a over the UTF-16 units of the name. */
    private static long fnv(String name) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014) after one golden-ratio step. */
    private static long mix(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
