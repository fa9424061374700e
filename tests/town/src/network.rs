//! The network: what becomes of a request and its answer.

/// What the network does to one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Both arrive.
    Arrives,
    /// The request is lost; the server never sees it.
    RequestLost,
    /// The server handles the request, the answer is lost.
    AnswerLost,
    /// The answer breaks off after this many percent of its bytes.
    AnswerCut(u8),
    /// The request arrives twice.
    Twice,
}
