//! The job store in a database: SQLite on one machine, PostgreSQL for several.
//!
//! One schema and one set of statements serve both: texts and whole numbers only. What is long (kickstarts, all that
//! was asked for) has a table of its own, so that lists do not read it. Whatever belongs together is one transaction:
//! a job and the errand of launching it, a state and the post-processes that follow.
//!
//! - [`schema`]: the tables, and how an older store becomes one of today
//! - [`pool`]: connections, transactions, and patience with a server that restarts
//! - [`room`]: whether the disk is full
//! - [`row`]: a job as rows
//! - [`jobs`], [`care`], [`search`], [`site`], [`accounts`]: the statements, a trait each

mod accounts;
mod care;
mod gone;
mod jobs;
mod pool;
mod room;
mod row;
mod schema;
mod search;
mod site;

pub use pool::{OpenError, SqlJobStore};
