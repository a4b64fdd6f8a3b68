/// @file
/// The one source of the version number; the build system reads these three lines.
#pragma once

/// Major version.
#define CARDAMOM_VERSION_MAJOR 0
/// Minor version.
#define CARDAMOM_VERSION_MINOR 2
/// Patch version.
#define CARDAMOM_VERSION_PATCH 0
