//! The tracker, asked over sockets as peers do; what the repository publishes is a list.

mod asked;
mod bounds;
mod peers;
