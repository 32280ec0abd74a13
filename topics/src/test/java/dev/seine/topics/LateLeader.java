package dev.seine.topics;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/**
 * Stands before a broker that hears a moment late that it leads a partition: one write is refused, and what the writer has sent in the
 * meantime is not. Each connection is served one request at a time.
 */
final class LateLeader implements AutoCloseable {
    /** How long the refusal waits for a second write, which a writer that sends one at a time never sends. */
    private static final int PATIENCE_MS = 1_000;

    private final ServerSocket server;
    private final AtomicBoolean armed = new AtomicBoolean();

    LateLeader() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Where clients find it. */
    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Passes on to this broker from now on. */
    void before(int broker) {
        thread(() -> {
            while (true) {
                Socket client = server.accept();
                thread(() -> pass(client, broker));
            }
        });
    }

    /** Refuses the next write. */
    void refuseNext() {
        armed.set(true);
    }

    /** Whether there is a refusal left to come. */
    boolean armed() {
        return armed.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void pass(Socket client, int broker) throws IOException {
        try (client;
                Socket leader = new Socket(InetAddress.getLoopbackAddress(), broker)) {
            BufferedInputStream requests = new BufferedInputStream(client.getInputStream());
            DataOutputStream answers = new DataOutputStream(client.getOutputStream());
            while (true) {
                byte[] request = read(requests);
                if (isWrite(request) && armed.compareAndSet(true, false)) {
                    awaitAnother(client, requests);
                    write(answers, refusal(ByteBuffer.wrap(request)));
                } else {
                    write(new DataOutputStream(leader.getOutputStream()), request);
                    write(answers, read(leader.getInputStream()));
                }
            }
        }
    }

    private static void awaitAnother(Socket client, BufferedInputStream requests) throws IOException {
        requests.mark(1);
        client.setSoTimeout(PATIENCE_MS);
        try {
            requests.read();
            requests.reset();
        } catch (SocketTimeoutException e) {
            // this writer waits for the answer
        }
        client.setSoTimeout(0);
    }

    private static boolean isWrite(byte[] request) {
        return ByteBuffer.wrap(request).getShort() == ApiKeys.PRODUCE.id;
    }

    private static byte[] refusal(ByteBuffer request) {
        RequestHeader header = RequestHeader.parse(request);
        ProduceRequest write = new ProduceRequest(
                new ProduceRequestData(new ByteBufferAccessor(request), header.apiVersion()), header.apiVersion());
        ResponseHeader head = header.toResponseHeader();
        ByteBuffer first = bytes(head.data(), head.headerVersion());
        ByteBuffer then = bytes(
                write.getErrorResponse(0, Errors.NOT_LEADER_OR_FOLLOWER.exception())
                        .data(),
                header.apiVersion());
        return ByteBuffer.allocate(first.remaining() + then.remaining())
                .put(first)
                .put(then)
                .array();
    }

    private static ByteBuffer bytes(ApiMessage message, short version) {
        return MessageUtil.toByteBufferAccessor(message, version).buffer();
    }

    private static byte[] read(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        return in.readNBytes(in.readInt());
    }

    private static void write(DataOutputStream out, byte[] frame) throws IOException {
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
    }

    private static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (EOFException | SocketException e) {
                // one of the two has hung up
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException;
    }
}
