throw new Error('this does not load')
