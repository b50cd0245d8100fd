//! The server as clients see it: in process for the wire habits, over a socket for its life.

mod api;
mod life;
mod site;
