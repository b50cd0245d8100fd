//! catalog-graph
