// What Swift expects beside the generated class: AsyncSequences of changes and of news, and tasks that can be cancelled.

extension Walkbook {
    /// What changes from now on, for one task to iterate over, until that task is cancelled or the walkbook is closed. A slow
    /// task holds nobody up: what changes meanwhile comes in one piece.
    public func changes() throws -> ChangeFeed {
        let (news, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let subscription = try subscribe(listener: Hearing(continuation: continuation))
        continuation.onTermination = { _ in subscription.end() }
        return ChangeFeed(walkbook: self, news: news, version: try changesSince(version: .max).version)
    }

    /// That the server may have something new, for an app that is open: at once, and then whenever there is; sync each time. For
    /// one task to iterate over; it ends with that task, or when the walkbook is closed, and fails where waiting helps nothing.
    public func news() -> AsyncThrowingStream<Void, any Error> {
        AsyncThrowingStream(unfolding: {
            let token = CancelToken()
            return try await withTaskCancellationHandler {
                do {
                    return try await self.waitForNews(cancel: token) == .news ? () : nil
                } catch SyncError.Phone(error: .Closed) {
                    return nil
                }
            } onCancel: {
                token.cancel()
            }
        })
    }

    /// Exchanges with the server, and ends the exchange when the task is cancelled; what has come by then is kept.
    ///
    /// Swift takes no waiting call back by itself: `sync(budgetMs:cancel:progress:)` alone would go on to its end.
    ///
    /// `progress` is told how far it is: a few times a second at most, on a thread of its own; the exchange does not wait for it,
    /// whatever it does, and the last call may come when the exchange has returned.
    public func syncUntilCancelled(
        budgetMs: UInt64 = 30_000, progress: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws -> Synced {
        let token = CancelToken()
        let telling = progress.map { Telling($0) }
        return try await withTaskCancellationHandler {
            try await sync(budgetMs: budgetMs, cancel: token, progress: telling)
        } onCancel: {
            token.cancel()
        }
    }
}

/// The changes of a walkbook, as `Walkbook.changes()` gives them.
public struct ChangeFeed: AsyncSequence, Sendable {
    public typealias Element = Changes

    fileprivate let walkbook: Walkbook
    fileprivate let news: AsyncStream<Void>
    fileprivate let version: UInt64

    /// Iterates over what has changed since the feed was made.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(walkbook: walkbook, news: news.makeAsyncIterator(), version: version)
    }

    /// Waits for changes, and gives them in one piece.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let walkbook: Walkbook
        fileprivate var news: AsyncStream<Void>.AsyncIterator
        fileprivate var version: UInt64

        /// What has changed since the call before; nothing, once the walkbook is closed or the task cancelled.
        public mutating func next() async -> Changes? {
            while await news.next() != nil {
                do {
                    let changes = try walkbook.changesSince(version: version)
                    if changes.version == version { continue }
                    version = changes.version
                    return changes
                } catch WalkbookError.Closed {
                    return nil
                } catch {
                    return everything
                }
            }
            return nil
        }

        /// Where the walkbook cannot say what has changed, whoever reads all of it again meets the same error.
        private var everything: Changes {
            Changes(
                version: version, everything: true, doors: [], lists: [], drafts: [], statusChanged: true, settingsChanged: true,
                mapChanged: true)
        }
    }
}

private final class Hearing: Listener, Sendable {
    private let continuation: AsyncStream<Void>.Continuation

    init(continuation: AsyncStream<Void>.Continuation) {
        self.continuation = continuation
    }

    /// A closed walkbook lets go of those who listen.
    deinit {
        continuation.finish()
    }

    func changed(changes: Changes) throws {
        continuation.yield()
    }
}

private final class Telling: SyncListener, Sendable {
    private let tell: @Sendable (SyncProgress) -> Void

    init(_ tell: @escaping @Sendable (SyncProgress) -> Void) {
        self.tell = tell
    }

    func progressed(progress: SyncProgress) throws {
        tell(progress)
    }
}
