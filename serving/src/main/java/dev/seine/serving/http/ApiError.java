package dev.seine.serving.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** A request that is refused or has failed, in the shape that OpenAI's clients read. The message is for the caller: it says nothing of others. */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final String code;
    private final String param;

    /**
     * An error.
     *
     * @param status HTTP status
     * @param type OpenAI's class of the error
     * @param code machine-readable reason; empty for none
     * @param param the field of the request that is at fault; empty for none
     */
    public ApiError(int status, String type, String code, String param, String message) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
    }

    /** 400: the request cannot be understood. */
    public static ApiError invalid(String param, String message) {
        return new ApiError(400, "invalid_request_error", "invalid_value", param, message);
    }

    /** 401: no key, or a wrong one. */
    static ApiError unknownKey(String message) {
        return new ApiError(401, "invalid_request_error", "invalid_api_key", "", message);
    }

    /** 403: the caller may not do this. */
    public static ApiError forbidden(String message) {
        return new ApiError(403, "invalid_request_error", "forbidden", "", message);
    }

    /** 404: what is asked for is not there. */
    public static ApiError notFound(String code, String param, String message) {
        return new ApiError(404, "invalid_request_error", code, param, message);
    }

    /** 413: the request is larger than allowed. */
    static ApiError tooLarge(int limit) {
        return new ApiError(
                413, "invalid_request_error", "request_too_large", "", "a request may have " + limit + " bytes");
    }

    /** 429: too many requests. */
    public static ApiError tooMany(String message) {
        return new ApiError(429, "rate_limit_error", "rate_limit_exceeded", "", message);
    }

    /** 503: the service cannot answer now. */
    public static ApiError unavailable(String message) {
        return new ApiError(503, "server_error", "unavailable", "", message);
    }

    /** 504: no answer before the deadline. */
    public static ApiError late(String message) {
        return new ApiError(504, "server_error", "deadline_exceeded", "", message);
    }

    /** 500: the answer was begun and failed. */
    public static ApiError failed(String message) {
        return new ApiError(500, "server_error", "answer_failed", "", message);
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Machine-readable reason; empty for none. */
    public String code() {
        return code;
    }

    /** The body. */
    public Map<String, Object> body() {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", String.valueOf(getMessage()));
        error.put("type", type);
        error.put("param", param.isEmpty() ? null : param);
        error.put("code", code.isEmpty() ? null : code);
        return Map.of("error", error);
    }
}
