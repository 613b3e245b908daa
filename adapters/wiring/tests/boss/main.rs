//! The real program on a real RabbitMQ, with an engine and a viewer that are stand-ins: they say what was recorded of a
//! BOSS, and nobody runs a process in them.

mod cancels;
mod database;
mod dies;
mod engine;
mod eventually;
mod fates;
mod kickstarts;
mod launches;
mod logs;
mod looks;
mod notifies;
mod obeys;
mod outages;
mod registers;
mod reloads;
mod runs;
mod service;
mod shares;
mod site;
mod stand_in;
mod viewer;
