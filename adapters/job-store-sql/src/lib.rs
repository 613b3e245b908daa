//! The job store in a database: SQLite on one machine, PostgreSQL for several.
//!
//! One schema and one set of statements serve both: texts and whole numbers only, and no transaction longer than a
//! statement. A job is changed by comparing its version, so that writers need not wait for each other.

mod row;
mod schema;
mod store;

pub use schema::OpenError;
pub use store::SqlJobStore;
