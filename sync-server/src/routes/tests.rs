//! The server's ends, over real TLS: what phones, strangers and the operator meet. The engine behind them is scripted.

mod bounds;
mod operator;
mod phones;
mod strangers;
mod world;
