//! Which commit runs where: what Flux applied of an entity, and what keeps it from applying more.
