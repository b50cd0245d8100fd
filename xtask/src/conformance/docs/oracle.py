"""Builds documentation sites with mkdocs and mkdocs-techdocs-core, reduced as the original's generator reduces them.

usage: oracle.py TASKS     a JSON list of {site, golden, name}; writes each golden, a JSON object of pages by address.
A site that cannot be built has {"error": …} as its golden.
"""

import json
import logging
import os
import re
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor

import yaml

# Keys, plugins and theme keys that the original's generator keeps.
KEYS = """site_name site_url site_description site_author site_dir repo_name repo_url edit_uri edit_uri_template docs_dir nav
exclude_docs not_in_nav theme plugins markdown_extensions extra extra_css use_directory_urls strict dev_addr watch copyright
remote_branch remote_name validation google_analytics""".split()
PLUGINS = ["techdocs-core", "search", "material/search", "redirects", "group", "material/group"]
THEME = ["name", "font", "icon", "logo", "favicon", "language", "direction", "palette", "features"]
# Where programs are.
PROGRAMS = os.environ.get("PATH", "")
# Python names that the original lets through.
NAMES = ("material.extensions.emoji.", "materialx.emoji.", "pymdownx.emoji.", "pymdownx.slugs.", "pymdownx.superfences.")


class Loader(yaml.SafeLoader):
    """Reads configurations; Python names of the list become what they name, others nothing."""


def named(loader, suffix, node):
    if not suffix.startswith(NAMES):
        return None
    return yaml.UnsafeLoader("").find_python_name(suffix, node.start_mark)


def applied(loader, suffix, node):
    function = named(loader, suffix, node)
    arguments = loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else {}
    return function(**arguments.get("kwds", {})) if function else None


Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", named)
Loader.add_multi_constructor("tag:yaml.org,2002:python/object/apply:", applied)
Loader.add_multi_constructor("!", lambda loader, suffix, node: getattr(node, "value", None))


def environment(loader, node):
    """The default, as where no variable is set."""
    values = loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else []
    return values[-1] if len(values) > 1 else None


Loader.add_constructor("!ENV", environment)


def entries(value):
    """Plugins or extensions as pairs of name and settings."""
    if isinstance(value, dict):
        return list(value.items())
    pairs = []
    for entry in value or []:
        pairs.append(next(iter(entry.items())) if isinstance(entry, dict) else (entry, None))
    return pairs


def extensions(value):
    kept = []
    for name, settings in entries(value):
        if ":" in name:
            continue
        if name == "pymdownx.snippets":
            settings = None
        if isinstance(settings, dict):
            settings = {key: item for key, item in settings.items() if key != "plantuml_cmd"}
            settings = {key: item for key, item in settings.items() if item is not None}
        kept.append({name: settings} if settings else name)
    return kept


def merged(above, below):
    """Mappings key by key, all else as it is below."""
    if not isinstance(above, dict) or not isinstance(below, dict):
        return below
    return {**above, **{key: merged(above.get(key), value) for key, value in below.items()}}


def read(file):
    """A configuration with all that it inherits, as mkdocs reads it. The original's generator would leave that out. What is not
    there has nothing, instead of an end of all: we tell it and go on."""
    if not os.path.isfile(file):
        return {}
    with open(file, encoding="utf-8") as text:
        config = yaml.load(text, Loader) or {}
    above = config.pop("INHERIT", None)
    return merged(read(os.path.join(os.path.dirname(file), above)), config) if above else config


def reduced(site, name):
    """The configuration of a site as it is built."""
    file = next((f for f in ("mkdocs.yaml", "mkdocs.yml") if os.path.isfile(os.path.join(site, f))), None)
    config = read(os.path.join(site, file)) if file else {}
    config = {key: value for key, value in config.items() if key in KEYS and value is not None}
    config.setdefault("site_name", name)
    plugins = [{key: settings} if settings else key for key, settings in entries(config.get("plugins")) if key in PLUGINS]
    if "techdocs-core" not in [next(iter(p)) if isinstance(p, dict) else p for p in plugins]:
        plugins.append("techdocs-core")
    config["plugins"] = plugins
    theme = config.get("theme") or {}
    theme = {"name": theme} if isinstance(theme, str) else {k: v for k, v in theme.items() if k in THEME}
    theme["name"] = "material"
    config["theme"] = theme
    config["markdown_extensions"] = extensions(config.get("markdown_extensions"))
    for key in ("strict", "extra_css", "site_dir"):
        config.pop(key, None)
    return config


def names_extensions(config):
    """Extensions that are not installed are left out, as an image without them would have them left out."""
    import importlib

    from markdown.util import get_installed_extensions

    installed = {entry.name for entry in get_installed_extensions()}

    def is_there(entry):
        name = next(iter(entry)) if isinstance(entry, dict) else entry
        if name in installed:
            return True
        try:
            importlib.import_module(name)
            return True
        except ImportError:
            return False

    config["markdown_extensions"] = [entry for entry in config["markdown_extensions"] if is_there(entry)]


def templates(site):
    """Templates that pages ask for."""
    names = set()
    for folder, _, files in os.walk(site):
        for file in files:
            if file.endswith(".md"):
                with open(os.path.join(folder, file), encoding="utf-8", errors="replace") as text:
                    names.update(re.findall(r"(?m)^template: *([\w-]+\.html) *$", text.read(4000)))
    return sorted(names)


def unread(docs):
    """Addresses of pages whose front matter is no YAML: the original shows it as a text, and we leave it out on purpose."""
    addresses = []
    for folder, _, files in os.walk(docs):
        for file in files:
            if not file.endswith(".md"):
                continue
            with open(os.path.join(folder, file), encoding="utf-8-sig", errors="replace") as text:
                matter = re.match(r"^-{3}[ \t]*\n(.*?\n)(?:\.{3}|-{3})[ \t]*\n", text.read(), re.DOTALL)
            if not matter:
                continue
            try:
                is_read = isinstance(yaml.safe_load(matter.group(1)), (dict, type(None)))
            except yaml.YAMLError:
                is_read = False
            if not is_read:
                path = os.path.relpath(os.path.join(folder, file), docs)[: -len(".md")]
                name = path.rsplit("/", 1)[-1]
                is_index = name in ("index", "README")
                addresses.append((path[: -len(name)] if is_index else path + "/") + "index.html")
    return addresses


def build(task):
    import mkdocs.utils
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.config import load_config

    logging.disable(logging.CRITICAL)
    work = tempfile.mkdtemp(prefix="docs-oracle-")
    try:
        site = os.path.join(work, "site")
        shutil.copytree(task["site"], site, symlinks=False, ignore_dangling_symlinks=True)
        for folder, _, files in os.walk(site):
            for path in [folder, *(os.path.join(folder, file) for file in files)]:
                os.chmod(path, 0o755)
        theme = os.path.join(work, "theme")
        os.mkdir(theme)
        # Only the content of a page is compared, so nothing of the theme is drawn around it.
        for template in ["main.html", "404.html", *templates(site)]:
            with open(os.path.join(theme, template), "w", encoding="utf-8") as out:
                out.write("{{ page.content if page else '' }}")
        config = reduced(site, task["name"])
        names_extensions(config)
        config["theme"]["custom_dir"] = theme
        config["site_dir"] = os.path.join(work, "out")
        config["docs_dir"] = os.path.join(site, config.get("docs_dir") or "docs")
        programs = os.path.join(work, "bin")
        os.mkdir(programs)
        # Diagrams are not compared, and their program is large.
        with open(os.path.join(programs, "plantuml"), "w", encoding="utf-8") as out:
            out.write("#!/bin/sh\ncat >/dev/null\necho '<svg></svg>'\n")
        os.chmod(os.path.join(programs, "plantuml"), 0o755)
        os.environ["PATH"] = programs + os.pathsep + PROGRAMS
        path = os.path.join(site, "mkdocs.oracle.yml")
        with open(path, "w", encoding="utf-8") as out:
            yaml.dump(config, out, Dumper=yaml.Dumper, sort_keys=False)
        config = load_config(config_file=path)
        config.plugins.on_startup(command="build", dirty=False)
        pages, others = {}, []
        os.chdir(site)
        mkdocs_build(config)
        out = config["site_dir"]
        for folder, _, files in os.walk(out):
            for file in files:
                full = os.path.join(folder, file)
                if not file.endswith(".html"):
                    others.append(os.path.relpath(full, out))
                elif file != "404.html" and not os.path.exists(os.path.join(config["docs_dir"], os.path.relpath(full, out))):
                    with open(full, encoding="utf-8") as text:
                        pages[os.path.relpath(full, out)] = text.read()
        golden = {"pages": pages, "files": others, "unread": unread(config["docs_dir"])}
    except BaseException as error:  # a site may stop the program
        golden = {"error": f"{type(error).__name__}: {error}"[:500]}
    finally:
        os.chdir("/")
        shutil.rmtree(work, ignore_errors=True)
    with open(task["golden"] + ".part", "w", encoding="utf-8") as out:
        json.dump(golden, out)
    os.replace(task["golden"] + ".part", task["golden"])


def main():
    with open(sys.argv[1], encoding="utf-8") as text:
        tasks = json.load(text)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(build, tasks))


if __name__ == "__main__":
    main()
