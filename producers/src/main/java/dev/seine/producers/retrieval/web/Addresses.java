package dev.seine.producers.retrieval.web;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/**
 * Which addresses pages may be fetched from. The rule is applied where a connection is made, to the address that is connected to: a
 * redirect, or a name that resolves to something else the second time, does not get around it.
 */
final class Addresses {
    private Addresses() {}

    /** An address that pages are not fetched from. */
    static final class NotPublic extends IOException {
        private static final long serialVersionUID = 1L;

        NotPublic(InetAddress address) {
            super("address " + address.getHostAddress() + " is not a public one (retrieve.web.private-addresses)");
        }
    }

    /** Sockets that connect to public addresses only. */
    static SocketFactory publicOnly() {
        return new SocketFactory() {
            @Override
            public Socket createSocket() {
                return new Socket() {
                    @Override
                    public void connect(SocketAddress endpoint, int timeout) throws IOException {
                        InetAddress address = ((InetSocketAddress) endpoint).getAddress();
                        if (!isPublic(address)) {
                            throw new NotPublic(address);
                        }
                        super.connect(endpoint, timeout);
                    }
                };
            }

            @Override
            public Socket createSocket(String host, int port) {
                throw new UnsupportedOperationException("sockets are made unconnected");
            }

            @Override
            public Socket createSocket(String host, int port, InetAddress local, int localPort) {
                throw new UnsupportedOperationException("sockets are made unconnected");
            }

            @Override
            public Socket createSocket(InetAddress host, int port) {
                throw new UnsupportedOperationException("sockets are made unconnected");
            }

            @Override
            public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
                throw new UnsupportedOperationException("sockets are made unconnected");
            }
        };
    }

    /** Whether an address is one of the public Internet, by the registries of special-purpose addresses (RFC 6890 and its updates). */
    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] b = address.getAddress();
        return address instanceof Inet4Address ? isPublic4(b[0] & 255, b[1] & 255, b[2] & 255) : isPublic6(b);
    }

    private static boolean isPublic4(int a, int b, int c) {
        return !(a == 0
                || a >= 240
                || (a == 100 && b >= 64 && b < 128) // shared by carriers
                || (a == 192 && b == 0 && (c == 0 || c == 2))
                || (a == 198 && (b == 18 || b == 19)) // benchmarks
                || (a == 198 && b == 51 && c == 100)
                || (a == 203 && b == 0 && c == 113));
    }

    /** Global unicast is 2000::/3; within it, what carries an IPv4 address counts as that address. */
    private static boolean isPublic6(byte[] b) {
        int first = ((b[0] & 255) << 8) | (b[1] & 255);
        int second = ((b[2] & 255) << 8) | (b[3] & 255);
        if (first == 0x2002) { // 6to4
            return embedded(b, 2);
        }
        if (first == 0x64 && second == 0xff9b) { // NAT64
            return embedded(b, 12);
        }
        boolean special = first == 0x2001 && (second < 0x200 || second == 0xdb8); // protocols, Teredo, documentation
        return (b[0] & 0xe0) == 0x20 && !special;
    }

    private static boolean embedded(byte[] b, int at) {
        try {
            return isPublic(InetAddress.getByAddress(new byte[] {b[at], b[at + 1], b[at + 2], b[at + 3]}));
        } catch (IOException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
