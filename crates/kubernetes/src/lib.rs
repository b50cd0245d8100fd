//! What runs on clusters for each entity: workloads, their state, use and logs.
