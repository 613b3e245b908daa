//! The promises of the transport, on a real RabbitMQ.

mod acks;
mod basics;
mod broker;
mod cable;
mod cancels;
mod chaos;
mod death;
mod doubts;
mod half_open;
mod long;
mod outages;
mod rights;
mod stage;
