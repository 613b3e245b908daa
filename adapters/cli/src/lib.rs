//! The command line of `img`: what a person can ask for, and how it is answered.
//!
//! Results go to stdout, everything else to stderr. What is asked for is done by `wiring`.

mod answer;
mod arguments;
mod progress;
mod terminal;
mod wish;

pub use answer::{BuildAnswer, JobLine, print_jobs};
pub use arguments::{Arguments, BuildArguments, Command, StateArguments};
pub use progress::Show;
pub use terminal::say;
pub use wish::{BuildWish, Unusable};
