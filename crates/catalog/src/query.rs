//! Lists, pages, facets and single entities, answered from the index.
