//! Real machines, without KVM.

mod ends;
mod scene;
mod works;
mod wrong;
