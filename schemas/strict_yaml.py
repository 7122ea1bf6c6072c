"""Reading YAML in which a key that is given twice fails, instead of the last one silently winning.

What the keys mean belongs with the thing that the YAML describes. Opening files belongs in `assets`.
"""

from dataclasses import dataclass

import yaml


class _UniqueKeysLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain values only, and every key of a mapping once. LibYAML's parser, where it is there, is ten times as fast."""


def _mapping(loader: _UniqueKeysLoader, node: yaml.MappingNode) -> dict[object, object]:
    loader.flatten_mapping(node)
    found: dict[object, object] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"key [{key}] is given twice", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_UniqueKeysLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def mapping_of(text: str) -> dict[object, object]:
    """The mapping that a YAML text holds.

    Raises:
        ValueError: the text is no YAML, gives a key twice, or is no mapping; the message names the line.
    """
    try:
        found = yaml.load(text, Loader=_UniqueKeysLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"it is no YAML that can be read: {error}") from error
    except (TypeError, RecursionError):
        raise ValueError(
            "it holds a key that is no single value, or lies too deep; write key: value, one a line"
        ) from None
    if not isinstance(found, dict):
        raise ValueError("it is no YAML mapping; write key: value, one a line")
    return found


@dataclass(frozen=True)
class Located:
    """A value of a file and the line it stands on. Entries of lists and values of mappings are located themselves."""

    value: object
    line: int


def located(text: str) -> Located:
    """The mapping that a YAML text holds, each value with its line.

    Raises:
        ValueError: as `mapping_of`.
    """
    loader = _UniqueKeysLoader(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ValueError("it is no YAML mapping; write key: value, one a line")
        return _located(loader, node)
    except yaml.YAMLError as error:
        raise ValueError(f"it is no YAML that can be read: {error}") from error
    finally:
        loader.dispose()


def _located(loader: _UniqueKeysLoader, node: yaml.Node) -> Located:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        found: dict[object, Located] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if key in found:
                raise yaml.constructor.ConstructorError(None, None, f"key [{key}] is given twice", key_node.start_mark)
            found[key] = _located(loader, value_node)
        return Located(found, line)
    if isinstance(node, yaml.SequenceNode):
        return Located([_located(loader, entry) for entry in node.value], line)
    return Located(loader.construct_object(node), line)
