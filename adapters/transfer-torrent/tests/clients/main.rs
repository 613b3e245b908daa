//! Real clients fetch images from us, and from nobody else: ctorrent, which OpenGnsys has, and aria2.

mod fetches;
mod folder;
mod programs;
mod refuses;
mod scene;
