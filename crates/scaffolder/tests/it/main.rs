//! Templates from outside: pages in their states, and tasks on a real queue.

mod failing;
mod pages;
mod publishing;
mod resuming;
mod secrets;
mod world;
