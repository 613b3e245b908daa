//! One file a question: programs that show how participants are written.
