"""Put objects into the scene, group them and change their surface; rotations in degrees (XYZ order)."""

from __future__ import annotations

from collections.abc import Sequence
from math import radians

import bpy

Point = Sequence[float]
ORIGIN = (0.0, 0.0, 0.0)


def place(
    thing: bpy.types.Object, location: Point = ORIGIN, rotation: Point = ORIGIN, scale: Point | float = 1.0
) -> bpy.types.Object:
    """Move, turn (degrees) and scale an object."""
    thing.location = location
    thing.rotation_euler = [radians(a) for a in rotation]
    thing.scale = (scale, scale, scale) if isinstance(scale, (int, float)) else scale
    return thing


def add(
    data: bpy.types.ID, material: bpy.types.Material | None, location: Point = ORIGIN, rotation: Point = ORIGIN
) -> bpy.types.Object:
    """Put mesh, curve or light data into the scene as a new object."""
    thing = bpy.data.objects.new(data.name, data)
    bpy.context.collection.objects.link(thing)
    if material is not None:
        data.materials.append(material)
    return place(thing, location, rotation)


def group(
    things: Sequence[bpy.types.Object], location: Point = ORIGIN, rotation: Point = ORIGIN, scale: Point | float = 1.0
) -> bpy.types.Object:
    """Join objects under one handle that moves, turns and scales them together."""
    handle = bpy.data.objects.new("group", None)
    bpy.context.collection.objects.link(handle)
    for thing in things:
        thing.parent = handle
    return place(handle, location, rotation, scale)


def soften(thing: bpy.types.Object, sharp: float = 40.0) -> bpy.types.Object:
    """Shade smoothly, but keep edges sharper than the given angle."""
    thing.data.shade_smooth()
    if sharp < 180:
        thing.data.set_sharp_from_angle(angle=radians(sharp))
    return thing


def rounded(thing: bpy.types.Object, radius: float, segments: int = 3, angle: float = 30.0) -> bpy.types.Object:
    """Round the edges sharper than `angle`, keeping flat faces flat."""
    change = thing.modifiers.new("bevel", "BEVEL")
    change.width, change.segments, change.limit_method = radius, segments, "ANGLE"
    change.angle_limit, change.harden_normals = radians(angle), True
    thing.data.shade_smooth()
    return thing


def thicken(thing: bpy.types.Object, thickness: float) -> bpy.types.Object:
    """Give an open surface a wall."""
    change = thing.modifiers.new("thicken", "SOLIDIFY")
    change.thickness, change.offset = thickness, 0
    return thing


def displace(thing: bpy.types.Object, strength: float, size: float, seed: int = 0) -> bpy.types.Object:
    """Push the surface in and out by a noise with patches of about `size` units."""
    texture = bpy.data.textures.new("clouds", "CLOUDS")
    texture.noise_scale, texture.noise_depth = size, 2
    anchor = bpy.data.objects.new("anchor", None)
    anchor.location = (seed * 7.3, seed * 3.1, seed * 1.7)
    bpy.context.collection.objects.link(anchor)
    change = thing.modifiers.new("displace", "DISPLACE")
    change.texture, change.strength, change.texture_coords = texture, strength, "OBJECT"
    change.texture_coords_object = anchor
    return thing
