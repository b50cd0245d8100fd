//! Jobs as pages and as an API: behind the router that the server uses, and as samples.

mod samples;
mod served;
