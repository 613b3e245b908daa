//! What a build does, one step after the other.

pub(crate) mod accounts;
pub(crate) mod archive;
pub(crate) mod boot;
pub(crate) mod cache;
pub(crate) mod config;
pub(crate) mod convert;
pub(crate) mod desktop;
pub(crate) mod disk;
pub(crate) mod filesystems;
pub(crate) mod firewall;
pub(crate) mod live;
pub(crate) mod network;
pub(crate) mod packages;
pub(crate) mod publish;
pub(crate) mod same;
pub(crate) mod scripts;
pub(crate) mod selinux;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod ssh;
pub(crate) mod table;
pub(crate) mod time;
pub(crate) mod tools;
pub(crate) mod volumes;
