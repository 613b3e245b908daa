//! Images of the real tools, images with a byte changed, and images nobody thought of.

mod damage;
mod fuzz;
mod hostile;
mod made;
mod opengnsys;
mod table;
mod written;
