// What Swift expects beside the generated class: an AsyncSequence of changes, and tasks that can be cancelled.

extension Walkbook {
    /// What changes from now on, for one task to iterate over. It ends with that task, or when nobody holds it any more.
    /// Changes wait in the order in which they came.
    public func changes() throws -> AsyncStream<Changes> {
        let (stream, continuation) = AsyncStream.makeStream(of: Changes.self)
        let subscription = try subscribe(listener: Hearing(continuation: continuation))
        continuation.onTermination = { _ in subscription.end() }
        return stream
    }

    /// Exchanges with the server, and ends the exchange when the task is cancelled; what has come by then is kept.
    ///
    /// Swift takes no waiting call back by itself: `sync(budgetMs:cancel:)` alone would go on to its end.
    public func syncUntilCancelled(budgetMs: UInt64 = 30_000) async throws -> Synced {
        let token = CancelToken()
        return try await withTaskCancellationHandler {
            try await sync(budgetMs: budgetMs, cancel: token)
        } onCancel: {
            token.cancel()
        }
    }
}

private final class Hearing: Listener, Sendable {
    private let continuation: AsyncStream<Changes>.Continuation

    init(continuation: AsyncStream<Changes>.Continuation) {
        self.continuation = continuation
    }

    func changed(changes: Changes) throws {
        continuation.yield(changes)
    }
}
