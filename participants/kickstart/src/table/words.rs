//! One word for each kind of option, so that a row reads as a list.

use super::row::{Opt, Value};

pub(super) const fn flag(name: &'static str) -> Opt {
    Opt::new(name, Value::Flag)
}
pub(super) const fn text(name: &'static str) -> Opt {
    Opt::new(name, Value::Text)
}
pub(super) const fn optional(name: &'static str) -> Opt {
    Opt::new(name, Value::Optional)
}
pub(super) const fn number(name: &'static str) -> Opt {
    Opt::new(name, Value::Number)
}
pub(super) const fn integer(name: &'static str) -> Opt {
    Opt::new(name, Value::Integer)
}
pub(super) const fn list(name: &'static str) -> Opt {
    Opt::new(name, Value::List)
}
pub(super) const fn yes_no(name: &'static str) -> Opt {
    Opt::new(name, Value::YesNo)
}
pub(super) const fn exact(name: &'static str, of: &'static [&'static str]) -> Opt {
    Opt::new(name, Value::Exact(of))
}
pub(super) const fn choice(name: &'static str, of: &'static [&'static str]) -> Opt {
    Opt::new(name, Value::Choice(of))
}
