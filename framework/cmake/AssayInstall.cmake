# Install rules and the package that `find_package(Assay)` finds.
include(GNUInstallDirs)
