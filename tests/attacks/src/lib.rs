//! Attacks on the servers of two regions, a test each: `tests/attacks.rs`. Here is nothing but the server's own command
//! line, as a binary that the tests can find.
